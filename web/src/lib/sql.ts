/** A table or column name as SQL takes it: quoted where it needs to be. */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`
}

const RESERVED = new Set(
  'all and any as asc between by case cast create cross date desc distinct drop else end except exists false from full group having in inner insert intersect into is join left like limit natural not null offset on or order outer right select set table then time timestamp to true union unique update user using values when where with window'.split(' '),
)
