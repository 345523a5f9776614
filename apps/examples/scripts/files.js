/** A folder that everybody reads and each participant writes in: a folder of its own, under its key. */
const home = () => `/homes/${caller.id}`

/** No way out of one's own folder. */
function own(file) {
  if (typeof file !== 'string' || file.split('/').some((name) => name === '..' || name === '.')) {
    throw new TypeError('a file is given by its path, without . and ..')
  }
  return `${home()}/${file}`
}

export const init = () => state.mkdir('/homes')

export async function write(file, content) {
  const path = own(file)
  await state.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true })
  await state.writeFile(path, content)
  return path
}

export const move = (from, to) => state.rename(own(from), own(to))

export const remove = (file) => state.rm(own(file), { recursive: true })

export const read = (path) => state.readFile(path)

export const list = (path = '/homes') => state.readdir(path)
