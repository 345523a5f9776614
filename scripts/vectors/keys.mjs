// Fixed key pairs: the seed is 32 times one byte.
import sodium from 'sodium-universal'

export function keyPair(seed) {
  const publicKey = new Uint8Array(sodium.crypto_sign_PUBLICKEYBYTES)
  const secretKey = new Uint8Array(sodium.crypto_sign_SECRETKEYBYTES)
  sodium.crypto_sign_seed_keypair(publicKey, secretKey, new Uint8Array(32).fill(seed))
  return { publicKey, secretKey }
}

/** A head that the owner of `key` signed. */
export function signedHead(api, pair, key, length, treeHash) {
  const message = api.headSignable(api.sodiumCrypto, key, length, treeHash)
  return { length, treeHash, signature: api.sign(message, pair.secretKey) }
}
