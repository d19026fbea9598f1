// Package okno is the vocabulary of the help desk: the types everyone speaks
// of, the rules that hold for them wherever they are, the facts that are
// recorded and the refusals that are given. It does no input or output and
// imports nothing of ours.
//
// A ticket is changed in one place, by someone, for a reason, and the change
// leaves a fact. Everything else follows facts.
package okno
