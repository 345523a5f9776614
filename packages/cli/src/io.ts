/** The world outside, as the program uses it: injected, so that tests run commands in their own process. */

/** Where text goes, such as standard output. */
export interface TextSink {
  /** Writes text as it is. */
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Streams, environment and signals of the process that runs a command. */
export interface Io {
  readonly stdout: TextSink
  readonly stderr: TextSink
  /** Everything on standard input. */
  readStdin(): Promise<Uint8Array>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Calls the listener when the user wants the program to end; returns what takes the listener off. */
  onInterrupt(listener: () => void): () => void
}
