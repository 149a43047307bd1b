import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { File, Folder, FolderOpen, FolderX } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '@/api/client'
import { keys } from '@/api/keys'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'
import { useFormat } from '@/lib/useFormat'
import css from './ImportPage.module.css'
import type { Chosen } from './ImportPage'

/** The folders of the server that may be read. */
export function FolderBrowser({ onChosen }: { onChosen: (chosen: Chosen) => void }) {
  const { t } = useTranslation(['import', 'common'])
  const [folder, setFolder] = useState<{ index: number; name: string } | null>(null)
  const [path, setPath] = useState('')
  const folders = useQuery({
    queryKey: keys.folders,
    queryFn: async () => (await call(api.GET('/api/v1/import/folders'))).items,
  })
  if (!folder)
    return (
      <QueryView
        query={folders}
        empty={<State inline icon={<FolderX size={24} strokeWidth={1.5} />} title={t('folder.none')} text={t('folder.noneText')} />}
      >
        {(list) => (
          <ul className={css.list}>
            {list.map((name, index) => (
              <li key={index}>
                <button type="button" className={css.entry} onClick={() => setFolder({ index, name })}>
                  <FolderOpen size={16} color="var(--accent)" aria-hidden />
                  <span className="mono">{name}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    )
  const parts = path.split('/').filter(Boolean)
  return (
    <>
      <nav className={css.crumbs} aria-label={t('folder.path')}>
        <Button size="small" type="text" onClick={() => setFolder(null)}>
          {t('folder.all')}
        </Button>
        /
        <Button size="small" type="text" onClick={() => setPath('')}>
          {folder.name}
        </Button>
        {parts.map((part, index) => (
          <span key={index}>
            /
            <Button size="small" type="text" onClick={() => setPath(parts.slice(0, index + 1).join('/'))}>
              {part}
            </Button>
          </span>
        ))}
      </nav>
      <Entries index={folder.index} path={path} onFolder={setPath} onFile={(file, name) => onChosen({ source: { type: 'folder', folder: folder.index, path: file }, name })} />
    </>
  )
}

function Entries({ index, path, onFolder, onFile }: { index: number; path: string; onFolder: (path: string) => void; onFile: (path: string, name: string) => void }) {
  const { t } = useTranslation(['import', 'common'])
  const f = useFormat()
  const inside = (name: string) => (path ? `${path}/${name}` : name)
  const entries = useQuery({
    queryKey: [...keys.folders, index, path],
    queryFn: async () =>
      (await call(api.GET('/api/v1/import/folders/{index}', { params: { path: { index }, query: { path } } }))).items,
  })
  return (
    <QueryView query={entries} inline empty={<p className="soft">{t('folder.empty')}</p>}>
      {(list) => (
        <ul className={css.list}>
          {list.map((entry) => (
            <li key={entry.name}>
              <button type="button" className={css.entry} onClick={() => (entry.folder ? onFolder(inside(entry.name)) : onFile(inside(entry.name), entry.name))}>
                {entry.folder ? <Folder size={16} color="var(--accent)" aria-hidden /> : <File size={16} aria-hidden />}
                <span className="ellipsis">{entry.name}</span>
                {!entry.folder && <span className="small faint num">{f.bytes(entry.bytes)}</span>}
              </button>
            </li>
          ))}
        </ul>
      )}
    </QueryView>
  )
}
