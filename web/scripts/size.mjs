// States what a first visit loads: the entry, what it imports and its styles, as gzip.
import { readFileSync, readdirSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const LIMIT_KB = 400
const html = readFileSync('dist/index.html', 'utf8')
const files = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((m) => m[1])
const size = (f) => gzipSync(readFileSync(`dist/${f}`)).length / 1000
const first = files.reduce((sum, f) => sum + size(f), 0)
const all = readdirSync('dist/assets').filter((f) => /\.(js|css)$/.test(f))
const total = all.reduce((sum, f) => sum + size(`assets/${f}`), 0)
console.log(`First load ${first.toFixed(0)} kB gzip in ${files.length} files; everything ${total.toFixed(0)} kB in ${all.length}.`)
if (/https?:\/\//.test(html)) throw new Error('index.html refers to another host')
if (first > LIMIT_KB) throw new Error(`The first load is over ${LIMIT_KB} kB.`)
