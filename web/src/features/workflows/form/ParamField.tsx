export { ParamField } from '@/components/form/ParamField'
