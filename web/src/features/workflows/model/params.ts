// Forms from signatures are shared with other features.
export * from '@/components/form/params'
