import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Plus, Send } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Condition, Dashboard } from '@/api/dashboards'
import { deliveriesQuery, type Delivery } from '@/api/deliveries'
import type { Asset } from '@/api/types'
import { QueryView } from '@/components/QueryView'
import { State } from '@/components/states'
import { DeliveryCard } from './DeliveryCard'
import { DeliveryForm } from './DeliveryForm'
import css from './deliver.module.css'

interface Props {
  asset: Asset
  dashboard: Dashboard
  /** How the reader has narrowed it now: what a new delivery begins with. */
  filters: Record<string, Condition[]>
}

/** Where the dashboard goes by itself, as files: into a folder or by mail. */
export function DeliverTab({ asset, dashboard, filters }: Props) {
  const { t } = useTranslation('deliveries')
  const found = useQuery(deliveriesQuery(asset.id))
  const [open, setOpen] = useState<Delivery | 'new' | null>(null)
  return (
    <QueryView query={found}>
      {({ items, offers, may }) => {
        const nowhere = offers.folders.length === 0 && !offers.mail
        const add = (
          <Button type={items.length === 0 ? 'primary' : 'default'} icon={<Plus size={14} />} onClick={() => setOpen('new')}>
            {t('add')}
          </Button>
        )
        return (
          <>
            {items.length === 0 ? (
              <State icon={<Send size={28} strokeWidth={1.25} aria-hidden />} title={t(asset.rights.includes('edit') ? 'empty' : 'emptyOwn')} text={nowhere ? t('nowhere') : may ? t('emptyText') : t('mayNot')} actions={may && !nowhere ? add : undefined} />
            ) : (
              <>
                <div className={css.bar}>
                  <p className="soft small">{nowhere ? t('nowhere') : may ? t('text') : t('mayNot')}</p>
                  {may && !nowhere && add}
                </div>
                <ul className={css.list}>
                  {items.map((delivery) => (
                    <DeliveryCard key={delivery.id} asset={asset} dashboard={dashboard} delivery={delivery} offers={offers} may={may} onEdit={() => setOpen(delivery)} />
                  ))}
                </ul>
              </>
            )}
            {open && <DeliveryForm asset={asset} dashboard={dashboard} offers={offers} old={open === 'new' ? null : open} filters={filters} onClose={() => setOpen(null)} />}
          </>
        )
      }}
    </QueryView>
  )
}
