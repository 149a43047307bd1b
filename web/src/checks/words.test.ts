import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import en from '@/locales/en'
import zh from '@/locales/zh-CN'

type Tree = { [key: string]: string | Tree }

function flat(tree: Tree, prefix = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') found.set(prefix + key, value)
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) found.set(inner, text)
  }
  return found
}

const english = flat(en)
const chinese = flat(zh as unknown as Tree)
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort()

describe('words', () => {
  it('are there in both languages', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  })
  it('have the same holes in both languages', () => {
    for (const [key, text] of english) expect(holes(chinese.get(key) ?? ''), key).toEqual(holes(text))
  })
  it('are Chinese in Chinese', () => {
    const same = [...english].filter(([key, text]) => chinese.get(key) === text && /[a-z]{4,}/i.test(text)).map(([key]) => key)
    const names = /^(data\.format|import\.read\.formats|import\.s3)\.|^explore\.hint$/
    expect(same.filter((key) => !names.test(key))).toEqual([])
  })
  it('use full-width punctuation in Chinese', () => {
    const half = [...chinese].filter(([, text]) => /[\u4e00-\u9fff][,;:?!]|[,;?!][\u4e00-\u9fff]/.test(text))
    expect(half).toEqual([])
  })
})

it('there are words for every code of the server’s list of errors, and what to do', () => {
  const list = readFileSync(join(import.meta.dirname, '../../../crates/tandem-core/src/error.rs'), 'utf8')
  const codes = [...list.matchAll(/^ {4}\w+ = "(\w+)", \w+;$/gm)].map((m) => m[1])
  expect(codes.length).toBeGreaterThan(30)
  expect(codes.filter((code) => !english.has(`common.error.code.${code}`) || !english.has(`common.error.hint.${code}`))).toEqual([])
})

const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? files(path) : path.endsWith('.tsx') ? [path] : []
  })

/** Attributes that people read or hear. */
const SPOKEN = new Set(['title', 'label', 'placeholder', 'alt', 'aria-label', 'description', 'okText', 'extra', 'sub', 'text', 'tooltip', 'message'])
/** Symbols, units and examples that are the same in every language. */
const NEUTRAL = /^(Ctrl [K⏎]|v|@v1|s3:\/\/.*|public\.orders|\^\[A-Z\].*|#|x)$/

function hardCoded(path: string): string[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  const found: string[] = []
  const note = (node: ts.Node, text: string) => {
    const trimmed = text.trim()
    if (!/\p{L}/u.test(trimmed) || NEUTRAL.test(trimmed)) return
    const { line } = source.getLineAndCharacterOfPosition(node.getStart())
    found.push(`${path}:${line + 1}: ${trimmed}`)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) note(node, node.text)
    if (ts.isJsxAttribute(node) && SPOKEN.has(node.name.getText()) && node.initializer && ts.isStringLiteral(node.initializer)) note(node, node.initializer.text)
    if (ts.isJsxExpression(node) && node.expression && ts.isStringLiteral(node.expression) && ts.isJsxElement(node.parent)) note(node, node.expression.text)
    if (ts.isPropertyAssignment(node) && SPOKEN.has(node.name.getText()) && ts.isStringLiteral(node.initializer)) note(node, node.initializer.text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

it('the colon between two words is that of the language', () => {
  const half = files(join(import.meta.dirname, '..')).filter((path) => /\$\{[^}]*\}: \$\{/.test(readFileSync(path, 'utf8')))
  expect(half).toEqual([])
})

it('no page has words of its own: all come from the locales', () => {
  const root = join(import.meta.dirname, '..')
  const names = /(PostgreSQL|MySQL \/ MariaDB|SQLite)$/
  expect(files(root).flatMap(hardCoded).filter((f) => !names.test(f))).toEqual([])
})
