import { Button } from 'antd'
import { FileUp } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './bring.module.css'

/** Where a file is dropped, or chosen. */
export function FileDrop({ accept, hint, busy, onFile }: { accept: string; hint: string; busy?: boolean; onFile: (file: File) => void }) {
  const { t } = useTranslation('workflows')
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  return (
    <div
      className={css.drop}
      data-over={over || undefined}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        const file = event.dataTransfer.files[0]
        if (file && !busy) onFile(file)
      }}
    >
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        data-testid="given-file"
        onChange={(event) => {
          const file = event.target.files?.[0]
          // The same file can be chosen again, once it was put right.
          event.target.value = ''
          if (file) onFile(file)
        }}
      />
      <Button icon={<FileUp size={15} />} loading={busy} onClick={() => input.current?.click()}>
        {t('bring.choose')}
      </Button>
      <span className="small soft">{hint}</span>
    </div>
  )
}
