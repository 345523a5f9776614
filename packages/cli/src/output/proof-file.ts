/** A proof in a file, for somebody who has no copy. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Database, Proof } from 'vitra'
import type { Context } from '../context.js'
import { quoteForShell } from '../params/shell.js'
import { count } from './text.js'
import { writingFile } from './write-file.js'

interface ProofFile {
  readonly db: Database
  readonly proof: Proof
  /** Of the file. */
  readonly name: string
  /** What the result says besides. */
  readonly document: object
}

/** Writes the bytes of a proof, and prints how it is checked. */
export async function writeProof(
  { io, out }: Context,
  { db, proof, name, document }: ProofFile,
): Promise<void> {
  const { encodeProof } = await import('vitra')
  const bytes = encodeProof(proof)
  const file = path.resolve(io.cwd, name)
  await writingFile(name, () => writeFile(file, bytes))
  const key = db.pubkey.toString('hex')
  out.result({ ...document, file, bytes: bytes.length, key }, [
    `wrote ${count(bytes.length, 'byte')} to ${name}`,
    `check it with: vitra check ${quoteForShell(name)} --key ${key}`,
  ])
}
