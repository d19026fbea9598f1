// Package web is the house's front: doors, sessions, forms, pages, refusals
// and the live stream. A surface (portal, workspace, administration) adds its
// routes to a Router; each route names the door it stands behind, and what
// comes in at that door is an okno.Actor who can do no more there than the
// desk allows him.
package web
