import { createRoot } from 'react-dom/client'
import { startLanguages } from '@/lib/i18n'
import { Providers } from './Providers'
import './styles.css'

void startLanguages().then(() => {
  const root = document.getElementById('root')
  if (root) createRoot(root).render(<Providers />)
})
