package store

import (
	"slices"
	"strconv"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Bounds of what is read of one ticket to index it.
const (
	indexMessages  = 500    // the latest
	indexText      = 20_000 // characters of each
	indexAddresses = 100
)

// TicketText is everything in a ticket that is searched.
type TicketText struct {
	Ticket    okno.Ticket
	Company   string
	Requester okno.Person
	Addresses []okno.Address // the requester's
	Others    []okno.Person  // participants
	Messages  []okno.Message // the latest first; Text and Files' names alone are whole
}

// TicketTexts reads those of some tickets, in their order and all together: on
// PostgreSQL each question is a round trip. okno.ErrNotFound: there is no such
// ticket.
func (tx Tx) TicketTexts(ids []okno.TicketID) ([]TicketText, error) {
	texts := make([]TicketText, len(ids))
	at := make(map[okno.TicketID]*TicketText, len(ids))
	for i, id := range ids {
		at[id] = &texts[i]
	}
	people, companies := map[okno.PersonID]okno.Person{}, map[okno.CompanyID]string{}
	ts, err := among(tx, scanTicket, `SELECT `+ticketColumns+` FROM ticket t WHERE t.id IN `, ids, ``)
	if err != nil {
		return nil, err
	}
	if len(ts) < len(at) {
		return nil, okno.ErrNotFound
	}
	for _, t := range ts {
		at[t.ID].Ticket = t
		people[t.Requester] = okno.Person{}
		if t.Company != 0 {
			companies[t.Company] = ""
		}
	}
	if _, err := among(tx, func(row db.Scanner) (p okno.PersonID, err error) {
		var t okno.TicketID
		err = row.Scan(&t, &p)
		if people[p] = (okno.Person{}); err == nil {
			at[t].Ticket.Participants = append(at[t].Ticket.Participants, p)
		}
		return p, err
	}, `SELECT ticket, person FROM participant WHERE ticket IN `, ids, ` ORDER BY ticket, person`); err != nil {
		return nil, err
	}
	addresses, err := tx.named(people, companies)
	if err != nil {
		return nil, err
	}
	for i := range texts {
		text := &texts[i]
		text.Requester, text.Addresses, text.Company = people[text.Ticket.Requester], addresses[text.Ticket.Requester], companies[text.Ticket.Company]
		for _, p := range text.Ticket.Participants {
			text.Others = append(text.Others, people[p])
		}
	}
	return texts, tx.readMessages(ids, at)
}

// named reads people, companies' names and people's addresses.
func (tx Tx) named(people map[okno.PersonID]okno.Person, companies map[okno.CompanyID]string) (map[okno.PersonID][]okno.Address, error) {
	ids := keys(people)
	all, err := among(tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.id IN `, ids, ``)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		people[p.ID] = p
	}
	theirs, err := among(tx, scanCompany, `SELECT `+companyColumns+` FROM company WHERE id IN `, keys(companies), ``)
	if err != nil {
		return nil, err
	}
	for _, c := range theirs {
		companies[c.ID] = c.Name
	}
	addresses := map[okno.PersonID][]okno.Address{}
	_, err = among(tx, func(row db.Scanner) (okno.Address, error) {
		a, err := scanAddress(row)
		if len(addresses[a.Person]) < indexAddresses {
			addresses[a.Person] = append(addresses[a.Person], a)
		}
		return a, err
	}, `SELECT id, person, address, folded, confirmed, undeliverable, trouble FROM address WHERE person IN `, ids, ` ORDER BY person, id`)
	return addresses, err
}

// readMessages puts the latest messages into the tickets' texts, with their
// files.
func (tx Tx) readMessages(ids []okno.TicketID, at map[okno.TicketID]*TicketText) error {
	type place struct {
		text *TicketText
		i    int
	}
	places := map[okno.MessageID]place{}
	if _, err := among(tx, func(row db.Scanner) (m okno.Message, err error) {
		if err = row.Scan(&m.ID, &m.Ticket, &m.Kind, flag{&m.Apart}, flag{&m.Machine}, &m.Text); err == nil {
			text := at[m.Ticket]
			places[m.ID] = place{text, len(text.Messages)}
			text.Messages = append(text.Messages, m)
		}
		return m, err
	}, `SELECT m.id, m.ticket, m.kind, m.apart, m.machine, substr(m.body, 1, `+strconv.Itoa(indexText)+`) FROM ticket t CROSS JOIN message m
		WHERE m.ticket = t.id AND m.deleted = 0 AND m.id >= COALESCE((SELECT l.id FROM message l WHERE l.ticket = t.id AND l.deleted = 0
			ORDER BY l.id DESC LIMIT 1 OFFSET `+strconv.Itoa(indexMessages-1)+`), 0) AND t.id IN `, ids, ` ORDER BY m.ticket, m.id DESC`); err != nil {
		return err
	}
	for some := range slices.Chunk(keys(places), 512) {
		if _, err := among(tx, func(row db.Scanner) (f okno.File, err error) {
			if f, err = scanFile(row); err == nil {
				m := &places[f.Message].text.Messages[places[f.Message].i]
				m.Files = append(m.Files, f)
			}
			return f, err
		}, `SELECT `+fileColumns+` FROM file WHERE message > 0 AND message IN `, some, ` ORDER BY id`); err != nil {
			return err
		}
	}
	return nil
}

// among reads the rows of some ids, whose place in the text is between before
// and after; without ids there are none.
func among[T any, ID any](tx Tx, scan func(db.Scanner) (T, error), before string, ids []ID, after string) ([]T, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := db.Padded(ids)
	return db.Collect(tx.Tx, scan, before+`(`+marks(len(args))+`)`+after, args...)
}

func keys[K interface{ ~int64 }, V any](m map[K]V) []K {
	all := make([]K, 0, len(m))
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}
