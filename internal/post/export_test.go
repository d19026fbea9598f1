package post

// Loopback judges whether a connection without protection stays on this machine.
var Loopback = loopback
