export { ParamForm, type FormContext } from '@/components/form/ParamForm'
