// Package portal is what customers see: the two doors of the home page, their
// tickets, and the ways to sign in.
package portal
