/** A tree of files as lines. */
import type { StateDirent } from 'vitra'
import { tameLine } from '../output/text.js'

/** @param items of one folder and all below it, in order @param folder path of that folder, as the items name it */
export function treeLines(items: readonly StateDirent[], folder: string): string[] {
  const held = new Map<string, StateDirent[]>()
  for (const item of items) {
    const here = held.get(item.parentPath)
    if (here === undefined) held.set(item.parentPath, [item])
    else here.push(item)
  }
  const lines: string[] = []
  const add = (at: string, indent: string): void => {
    const here = held.get(at) ?? []
    for (const [n, item] of here.entries()) {
      const isLast = n === here.length - 1
      lines.push(`${indent}${isLast ? '└── ' : '├── '}${tameLine(item.name)}${item.isDirectory() ? '/' : ''}`)
      if (item.isDirectory()) add(pathOf(item), `${indent}${isLast ? '    ' : '│   '}`)
    }
  }
  add(folder, '')
  return lines
}

/** The path that an item of a listing has. */
export function pathOf({ parentPath, name }: StateDirent): string {
  return parentPath === '/' ? `/${name}` : `${parentPath}/${name}`
}
