// What DNS would say: the domain of the tests and all names in it are on this machine.
const dns = require('node:dns')
const { lookup } = dns
dns.lookup = (name, ...rest) => lookup(name.endsWith('.sandboxes.test') ? '127.0.0.1' : name, ...rest)
