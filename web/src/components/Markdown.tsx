import { Fragment, type ReactNode } from 'react'
import { blocksOf, inlinesOf, without, type Inline } from '@/lib/markdown'
import css from './Markdown.module.css'

const NOTHING: string[] = []

/** Markdown as elements: nothing in it is ever taken for HTML. */
export function Markdown({ text, said = NOTHING }: { text: string; /** What stands above it already. */ said?: string[] }) {
  return (
    <div className={css.text}>
      {without(blocksOf(text), said).map((block, index) => {
        switch (block.kind) {
          case 'heading': {
            const Tag = (['h3', 'h4', 'h5'] as const)[Math.min(block.level, 3) - 1] ?? 'h5'
            return <Tag key={index}>{inline(block.text)}</Tag>
          }
          case 'code':
            return <pre key={index}>{block.text}</pre>
          case 'list': {
            const items = block.items.map((item, at) => <li key={at}>{inline(item)}</li>)
            return block.ordered ? <ol key={index}>{items}</ol> : <ul key={index}>{items}</ul>
          }
          case 'quote':
            return <blockquote key={index}>{inline(block.text)}</blockquote>
          case 'rule':
            return <hr key={index} />
          case 'table':
            return (
              <div key={index} className={css.scroll}>
                <table>
                  <thead>
                    <tr>
                      {block.head.map((cell, at) => (
                        <th key={at}>{inline(cell)}</th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {block.rows.map((row, at) => (
                      <tr key={at}>
                        {row.map((cell, column) => (
                          <td key={column}>{inline(cell)}</td>
                        ))}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )
          default:
            return <p key={index}>{inline(block.text)}</p>
        }
      })}
    </div>
  )
}

const inline = (text: string): ReactNode => parts(inlinesOf(text))

function parts(all: Inline[]): ReactNode {
  return all.map((part, index) => {
    if (typeof part === 'string') return <Fragment key={index}>{part}</Fragment>
    if (part.kind === 'code') return <code key={index}>{part.text}</code>
    if (part.kind === 'strong') return <strong key={index}>{parts(part.inside)}</strong>
    if (part.kind === 'em') return <em key={index}>{parts(part.inside)}</em>
    return (
      <a key={index} href={part.href} target="_blank" rel="noreferrer">
        {parts(part.inside)}
      </a>
    )
  })
}
