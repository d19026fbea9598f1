package intake_test

import "testing"

func TestWhoHasQuotedWordsForAnAddressIsAnswered(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		const ann = `"Ann Lamp"@customer.example`
		k := r.arrive(support, letter("From: "+ann, "Message-ID: <quoted@customer.example>", "Subject: Lamp", "", "It is dark."))
		p := r.page(k.Ticket)
		if len(p.Addresses) != 1 || p.Addresses[0].Address != ann || p.Addresses[0].Folded != `"ann lamp"@customer.example` {
			t.Fatalf("her addresses are %+v", p.Addresses)
		}
		again := r.arrive(support, letter(`From: Ann <"ann lamp"@customer.example>`, "Message-ID: <again@customer.example>", "Subject: Chair", "", "It squeaks."))
		if other := r.page(again.Ticket).Ticket; other.Requester != p.Ticket.Requester || other.ID == p.Ticket.ID {
			t.Errorf("her second ticket is %+v", other)
		}
	})
}
