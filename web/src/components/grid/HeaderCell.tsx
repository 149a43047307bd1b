import { Dropdown, type MenuProps } from 'antd'
import { ArrowDown, ArrowUp, EllipsisVertical } from 'lucide-react'
import type { CSSProperties, PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { TypeName } from '@/components/bits'
import css from './DataGrid.module.css'
import type { Direction, GridColumn } from './source'

interface Props {
  column: GridColumn
  style: CSSProperties
  className: string
  sort: Direction | null
  sortable: boolean
  pinned: boolean
  onSort: (direction: Direction | null) => void
  onPin: () => void
  onHide: () => void
  onResize: (event: PointerEvent<HTMLDivElement>) => void
}

export function HeaderCell({ column, style, className, sort, sortable, pinned, onSort, onPin, onHide, onResize }: Props) {
  const { t } = useTranslation()
  const items: MenuProps['items'] = [
    ...(sortable
      ? [
          { key: 'asc', label: t('grid.sortAsc') },
          { key: 'desc', label: t('grid.sortDesc') },
          ...(sort ? [{ key: 'off', label: t('grid.sortOff') }] : []),
          { type: 'divider' as const },
        ]
      : []),
    { key: 'pin', label: pinned ? t('grid.unpin') : t('grid.pin') },
    { key: 'hide', label: t('grid.hide') },
  ]
  const choose: MenuProps['onClick'] = ({ key }) => {
    if (key === 'asc' || key === 'desc') onSort(key)
    else if (key === 'off') onSort(null)
    else if (key === 'pin') onPin()
    else onHide()
  }
  return (
    <div
      role="columnheader"
      className={`${css.th} ${className}`}
      style={style}
      aria-sort={sort === 'asc' ? 'ascending' : sort === 'desc' ? 'descending' : undefined}
    >
      <div className={css.thText}>
        <div className={css.thName}>
          <span className="ellipsis" title={column.name}>
            {column.name}
          </span>
          {sort === 'asc' && <ArrowUp size={13} aria-hidden />}
          {sort === 'desc' && <ArrowDown size={13} aria-hidden />}
        </div>
        <TypeName type={column.type} />
      </div>
      <Dropdown trigger={['click']} menu={{ items, onClick: choose }}>
        <button type="button" className={css.menu} aria-label={t('grid.menu', { name: column.name })}>
          <EllipsisVertical size={14} aria-hidden />
        </button>
      </Dropdown>
      <div className={css.resize} onPointerDown={onResize} aria-hidden />
    </div>
  )
}
