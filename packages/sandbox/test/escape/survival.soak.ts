// The tricks of the ordinary tests, each with a guest of its own beside the one for all.
import './frozen.test.js'
import './survival.test.js'
