package demo

var english = sample{
	product: "Okno", supplier: "Sample Supplies", admin: "Alex Admin", signature: "Sample Supplies\nWeekdays 9 to 18",
	departments: []string{"Support", "Billing"},
	team:        "First line",
	topics:      []topic{{"Something does not work", 0}, {"Question about the product", 0}, {"Invoices and payment", 1}, {"Contract and documents", 1}},
	agents: []agent{
		{"Anna Agent", "anna", 0}, {"Boris Agent", "boris", 0}, {"Clara Agent", "clara", 0},
		{"Dora Agent", "dora", 1}, {"Emil Agent", "emil", 1},
	},
	companies: []company{
		{"Sample Bakery", "bakery.example", []person{{"Paula Sample", "paula"}, {"Peter Crumb", "peter"}, {"Olga Loaf", "olga"}}},
		{"Sample Garage", "garage.example", []person{{"Gustav Gear", "gustav"}, {"Greta Wheel", "greta"}}},
		{"Sample School", "school.example", []person{{"Sonia Slate", "sonia"}, {"Simon Chalk", "simon"}, {"Stella Pen", "stella"}}},
		{"Sample Clinic", "clinic.example", []person{{"Clement Gauze", "clement"}, {"Cora Pulse", "cora"}}},
	},
	people: []person{
		{"Maria Example", "maria"}, {"Jonas Example", "jonas"}, {"Lucia Example", "lucia"}, {"Tom Example", "tom"}, {"Ingrid Example", "ingrid"},
		{"Karim Example", "karim"}, {"Ruth Example", "ruth"}, {"Chen Example", "chen"}, {"Nadia Example", "nadia"}, {"Victor Example", "victor"},
	},
	tags: map[int]string{0: "hardware", 2: "address", 3: "bug", 4: "refund", 6: "delivery", 8: "performance", 9: "hardware", 11: "wish"},
	stories: []story{
		{0, "The lamp flickers after an hour", []string{
			"Good morning,\n\nthe desk lamp we bought last week begins to flicker after about an hour. A new bulb changed nothing.\n\nWhat can we do?",
			"Hello,\n\nthank you for trying another bulb. Does the foot of the lamp get warm when it flickers?",
			"Yes, quite warm. I switch it off then.",
			"That points to the power supply. We are sending you a new one today; please keep the lamp off until it comes."}, "Third one of the same batch this month."},
		{0, "Cannot sign in after changing the password", []string{
			"I changed my password yesterday and now the page says that it is wrong. I am sure about it.",
			"Hello,\n\ncould you check whether Caps Lock is on, and whether the browser fills in the old password by itself?",
			"You were right, the browser filled in the old one. It works now, thank you!",
			"Glad to hear it. We wish you a good day."}, ""},
		{1, "Invoice shows our old address", []string{
			"Our company moved in spring, but the invoice still shows the old address. Could you issue it again with the new one?",
			"Of course. Please send us the new address exactly as it should stand there.",
			"12 Sample Street, second floor. Everything else stays as it is.",
			"Done: the corrected invoice is on its way to you by e-mail."}, ""},
		{0, "Export stops at 10,000 rows", []string{
			"When I export the list of orders, the file ends after 10,000 rows. There should be some 14,000.",
			"Hello,\n\nwhich format do you export to, and do you see any message at the end?",
			"CSV, and there is no message at all. It simply ends.",
			"We found the cause and corrected it. Please try once more."}, "Reproduced here: the limit is in the old export."},
		{1, "Paid twice by mistake", []string{
			"It seems that I paid invoice 4821 twice. How do I get the second payment back?",
			"We see both payments. Shall we send the money back, or keep it for your next invoice?",
			"Please keep it for the next one."}, ""},
		{0, "How do I add a colleague?", []string{
			"I would like a colleague to see our orders too. Where do I add her?",
			"Open “Company”, then “People”, and choose “Add”. She gets a letter with a link."}, ""},
		{0, "Delivery came without the cable", []string{
			"The parcel came today, thank you, but the power cable is missing. The list in the box says that it should be there.",
			"I am sorry about that. Which plug do you need?",
			"The usual European one.",
			"It leaves today and should be with you in two days."}, "Told the warehouse to check the boxes of this week."},
		{1, "Contract for next year", []string{
			"Please send us the contract for the next year. We would like to stay with the same conditions.",
			"The draft is ready. Whom shall we send it to for signing?"}, ""},
		{0, "Page is very slow in the morning", []string{
			"Between 9 and 10 the page takes ten seconds to open. Later in the day everything is fine.",
			"Thank you. Is it the same on a phone without your office network?",
			"On the phone it is fast. So it is our network?",
			"Most likely. Your administrator may look at what else starts at nine, such as backups."}, ""},
		{0, "Printer prints blank labels", []string{
			"Since the update the label printer gives out blank labels. We need to send parcels today!",
			"We will help at once. Which model is it, and which driver does the settings page show?"}, "Urgent: they ship until 16:00."},
		{1, "Which data do you need for the invoice?", []string{
			"We order for the first time. Which data about our company do you need for a proper invoice?",
			"The full name, the registration number and the address. An answer to this letter is enough."}, ""},
		{0, "Wish: dark colours", []string{
			"Working in the evening, I would like dark colours. Is that planned?",
			"It is there already: the globe at the top right, then “Dark”.",
			"Wonderful, thank you!"}, ""},
	},
}
