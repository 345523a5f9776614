/** The simulated disk: what a kill and a power cut leave, and what fails where it fails. */
import { existsSync, readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs'
import { appendFile, type FileHandle, mkdir, open, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Log, LogWriter, newKeyPair, oplogIdentity, Storage } from '@vitra/log'
import { describe, expect, it } from 'vitest'
import { FaultDisk, isInjected, Random, TemporaryFolder } from '../src/index.js'

/** What twelve power cuts leave of a file: a part was synced, then something was written that was not. */
async function pictures(
  write: (handle: FileHandle, text: string, watched: ReturnType<FaultDisk['watch']>) => Promise<void>,
): Promise<Set<string>> {
  using disk = new FaultDisk()
  await using folder = await TemporaryFolder.make()
  const kept = new Set<string>()
  for (let seed = 0; seed < 12; seed++) {
    const home = folder.at(`home-${seed}`)
    await mkdir(home)
    const watched = disk.watch(home, new Random(seed))
    const handle = await open(path.join(home, 'file'), 'a+')
    await write(handle, 'synced ', watched)
    await handle.datasync()
    const entries = await open(home, 'r')
    await entries.sync()
    await entries.close()
    await write(handle, 'not synced', watched)
    watched.cutPower(folder.at(`picture-${seed}`))
    await handle.close()
    kept.add(readFileSync(folder.at(`picture-${seed}`, 'file'), 'utf8'))
  }
  return kept
}

describe('a simulated disk', () => {
  it('keeps what was synced, and of the rest no more than was written', async () => {
    const kept = await pictures((handle, text) => handle.appendFile(text))
    for (const text of kept) expect('synced not synced'.startsWith(text) && text.length >= 7).toBe(true)
    expect(kept).toContain('synced ')
    expect(kept).toContain('synced not synced')
    expect(kept.size).toBeGreaterThan(2)
  })

  it('sees what is written at once through a descriptor', async () => {
    const kept = await pictures(async ({ fd }, text, watched) => {
      watched.fail({ code: 'ENOSPC', probability: 1 })
      expect(() => writeSync(fd, 'refused')).toThrow(expect.objectContaining({ code: 'ENOSPC' }))
      watched.fail(null)
      writeSync(fd, text)
    })
    expect(kept).toContain('synced ')
    expect(kept).toContain('synced not synced')
    expect(kept.size).toBeGreaterThan(2)
  })

  it('lets go of a descriptor that is closed: its number is soon that of another file', async () => {
    using disk = new FaultDisk()
    await using folder = await TemporaryFolder.make()
    await mkdir(folder.at('home'))
    const watched = disk.watch(folder.at('home'), new Random(1))
    const handle = await open(folder.at('home', 'file'), 'a+')
    const { fd } = handle
    await handle.close()
    watched.kill(folder.at('picture'))
    await using other = await open(folder.at('other'), 'a+')
    expect(other.fd).toBe(fd)
    expect(writeSync(other.fd, 'free')).toBe(4)
  })

  it('undoes a rename that no sync of its folder has followed, or keeps it', async () => {
    using disk = new FaultDisk()
    await using folder = await TemporaryFolder.make()
    const found = new Set<string>()
    for (let seed = 0; seed < 12; seed++) {
      const home = folder.at(`home-${seed}`)
      await mkdir(home)
      const file = path.join(home, 'file')
      await writeFile(file, 'old', { flush: true })
      const watched = disk.watch(home, new Random(seed))
      await writeFile(`${file}.next`, 'new', { flush: true })
      await rename(`${file}.next`, file)
      watched.cutPower(folder.at(`picture-${seed}`))
      found.add(readFileSync(folder.at(`picture-${seed}`, 'file'), 'utf8'))
    }
    expect(found).toEqual(new Set(['old', 'new']))
  })

  it('takes nothing from a process after its kill, and fails as it is told to', async () => {
    using disk = new FaultDisk()
    await using folder = await TemporaryFolder.make()
    await mkdir(folder.at('home'))
    const watched = disk.watch(folder.at('home'), new Random(1))
    const file = folder.at('home', 'file')
    watched.fail({ code: 'ENOSPC', probability: 1 })
    const error = await appendFile(file, 'x').catch((thrown) => thrown)
    expect(isInjected(error)).toBe(true)
    expect(error).toMatchObject({ code: 'ENOSPC' })
    watched.fail(null)
    await appendFile(file, 'written')
    watched.kill(folder.at('picture'))
    await expect(appendFile(file, ' too late')).rejects.toMatchObject({ code: 'EIO' })
    expect(readFileSync(folder.at('picture', 'file'), 'utf8')).toBe('written')
    expect(existsSync(folder.at('picture', 'other'))).toBe(false)
  })
})

describe('a log on a disk that fails', () => {
  it.runIf(process.platform === 'linux')(
    'leaves no open file behind where its journal cannot be opened',
    async () => {
      using disk = new FaultDisk()
      await using folder = await TemporaryFolder.make()
      const storage = Storage.at(folder.at('db'))
      await storage.create()
      const pair = newKeyPair()
      const log = await Log.open(storage, oplogIdentity(pair.publicKey, new Uint8Array(32)))
      const watched = disk.watch(folder.at('db'), new Random(1))
      watched.fail({ code: 'EIO', probability: 1, syncsOnly: true })
      const error = await LogWriter.open(log, storage, pair).catch((thrown) => thrown)
      expect(isInjected(error)).toBe(true)
      expect(openFiles().filter((file) => file.endsWith('.journal'))).toEqual([])
      watched.fail(null)
      const writer = await LogWriter.open(log, storage, pair)
      expect((await writer.append([new Uint8Array(3)])).length).toBe(1)
      await writer.close()
      await storage.close()
    },
  )
})

/** Paths of the files that this process has open. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      return [] // the descriptor of the listing itself
    }
  })
}
