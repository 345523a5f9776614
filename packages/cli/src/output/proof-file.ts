/** A proof in a file, for somebody who has no copy. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Database, Proof } from 'vitra'
import type { Context } from '../context.js'
import { quoteForShell } from '../params/shell.js'
import { count } from './text.js'
import { assertNew, foundAt, writingFile } from './write-file.js'

/** Options of a command that writes a proof. */
export interface ProofFileOptions {
  readonly out?: string
  readonly force?: boolean
}

/** Asks before a proof is made whether its file may be written. @throws {CliError} `FILE_EXISTS` */
export function assertProofFile({ io }: Context, { out, force }: ProofFileOptions): void {
  if (out === undefined) return
  const file = path.resolve(io.cwd, out)
  // A pipe, or a device such as /dev/stdout, loses nothing; that a folder is none is told when it is written.
  if (foundAt(file)?.isFile()) assertNew(file, { name: out, replaces: force })
}

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
