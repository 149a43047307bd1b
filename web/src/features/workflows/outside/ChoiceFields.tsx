import { Select } from 'antd'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'

/** The values among which a parameter lets one choose. */
export function ChoiceFields({ values, disabled, onChange }: { values: string[]; disabled: boolean; onChange: (values: string[]) => void }) {
  const { t } = useTranslation('workflows')
  const id = useId()
  return (
    <div>
      <label htmlFor={id} className="small soft">
        {t('declare.choices')}
      </label>
      <Select id={id} size="small" mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', '，', '\n']} value={values} disabled={disabled} onChange={(next: string[]) => next.length > 0 && onChange([...new Set(next)])} style={{ width: '100%' }} />
    </div>
  )
}
