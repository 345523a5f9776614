// The bombs with all the fuel that an op may have, and more often: the ordinary run gives most of them a part of it.
import './bombs.test.js'
import './fuel.test.js'
import './resource/callbacks.test.js'
import './resource/json.test.js'
import './resource/memory.test.js'
import './resource/time.test.js'
