// Package desk is everything that can be done or seen at the help desk, by
// whom, and what is recorded of it. There is one way to change a ticket
// (change) and one way to see one (see); both begin with who asks.
//
// A file bears the noun that it is about, the same as in the root package, in
// the store and on the pages. By what they are about:
//
//   - the common ways: desk, catalogue, submission, hint, job, duty, throttle
//   - a ticket: opening, ticket, assignee, closing, call, merge, split, tag, bulk, number, deadline
//   - what is said in it: message, held, undo, draft, edit, publish, file, upload, remotepicture
//   - looking: page, seen, view, list, reading, count, mine, palette, name
//   - searching: search, searchfilter, searchform, index
//   - who comes in: account, session, entry, registration, address, reset, link, browser
//   - people: people, person, profile, phone, company, contact, offer, joining
//   - erasing a person: erasure, erasing, erasing_words
//   - letters that come: keptletter, keptmessage, keptrecipient, messageletter, sender, quarantine, ban
//   - letters that leave: notice, letter, lettertemplate, subject, joined, digest, withheld, outbox, delivery, bounce, entryreturned, unsubscribing, switch
//   - mailboxes: mailbox, mailboxaccess, accessalarm, alarm, consent, provider, sending, signing, delivery_key, traffic
//   - being told otherwise: bell, push
//   - what an administrator sets, and examines: setting, department, team, calendar, phrase, examine
package desk
