package intake_test

import "testing"

func TestAPersonWhoTellsOfUndeliveredLettersGetsATicket(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for _, from := range []string{"postmaster@customer.example", "System Administrator <it@customer.example>", "Почтовая система <help@customer.example>", "Bob <bounce.house@customer.example>"} {
			before := r.tickets()
			k := r.arrive(support, letter("From: "+from, "Message-ID: <"+from[:4]+"@customer.example>", "Subject: Our letters to you", "",
				"Hello,\n\nyour message to carl@customer.example could not be delivered: our server says that this user is unknown, but he works here. What do you see?"))
			if r.tickets() != before+1 {
				t.Errorf("%s: %s, %+v", from, k.State, k.Trace)
			}
		}
	})
}
