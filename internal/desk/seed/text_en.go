package seed

import "strings"

var english = language{
	code:       "en",
	department: []string{"Accounting", "Warehouse"},
	given:      words("Alice Grace Helen Nora Ruth Clara Edith Irene Adam Oscar Peter Simon Victor Walter Frank George Henry Louis Martin Ralph Julia Laura Paula Stella Colin Derek Felix Hugo Ivan Jasper"),
	family: words(`Sample Field Brook Marsh Stone Rivers Wood Forest Meadow Hill Lake Shore Banks Bridge Gates Miller Baker Potter Weaver Fisher
		Carter Cooper Turner Sawyer Mason Slater Glover Taylor Draper Chandler Birch Elm Ash Oakley Rowan Hazel Heath Fern Reed Rush`),
	companies: []string{"Sample G_ Ltd", "Bakery no. G_", "Garage G_", "School no. G_ (sample)", "Clinic G_", "Depot G_", "Workshop G_"},
	things: words(`printer computer program mailbox report monitor scanner phone server till network contract invoice keyboard laptop password account camera terminal
		cartridge router cable socket lamp scales reader archive database folder document waybill certificate signature stamp label screen disk projector speaker microphone
		switch sensor lock badge turnstile conditioner fan supply battery charger adapter hub barrier display tablet`),
	troubles: phrases(`does not work|does not start|does not print|freezes|shows an error|flickers|does not open|is very slow|does not save changes|loses the network|
		is very loud|overheats|shows an empty page|refuses the password|switches itself off|has lost its settings|does not send letters|asks for an update|
		prints with stripes|does not read cards|drops the connection|shows a wrong balance|doubles the lines|adds up wrongly|asks for a licence`),
	places: phrases(`in accounting|in the warehouse|at the reception|on the second floor|in room G_|in the director's office|in the meeting room|at the entrance|in the shop|in personnel|in production|
		in the archive|in the branch|at the till|in the laboratory|in the server room|in the classroom|in the garage|in the canteen`),
	times: phrases(`since this morning|since yesterday|for three days|after the update|after the weekend|since Monday|after the power cut|after we moved|every evening|once an hour|
		after a new cartridge|since last week|when signing in|after lunch|while printing|at night`),
	subjects:  []string{"A_ B_ C_", "A_ B_", "A_ C_ B_ D_", "trouble: A_ B_", "A_ E_ B_", "please check the A_ C_", "A_ B_ again D_", "question about A_ E_"},
	greetings: []string{"Hello,", "Good morning,", "Good afternoon,", "Dear team,"},
	farewells: []string{"Thank you.", "Thanks in advance!", "Kind regards, I_ H_", "Waiting for your answer."},
	asks: []string{
		"the A_ C_ B_ D_.", "the model is E_, the serial number F_.", "we restarted it, and still the A_ B_.", "once before the A_ B_, and it went away by itself.",
		"please tell us what can be done.", "we cannot work, people are waiting C_.", "we need a certificate and an invoice, the last one was for H_.", "our colleague H_ says that his A_ B_ too.",
		"please have a look when you can.", "we can bring the A_ if needed.", "the error comes D_, its code is G_.", "a picture of the screen is attached.",
		"nobody changed the settings.", "another cable and another socket made no difference.", "please help us today.", "I_ H_ mended this last time.",
	},
	answers: []string{
		"we had a look: the A_ indeed B_.", "please switch the A_ off for a minute and on again.", "please check whether the light is on when the A_ B_.",
		"our engineer I_ H_ will come D_.", "the update is installed, please check the A_.", "please send the number on the label: is it E_ or another model?",
		"the part is ordered and takes G_ days.", "access is open, the password comes by a letter of its own.", "we found the cause: the A_ B_ D_.", "it was replaced, the new serial number is F_.",
		"if the A_ B_ again, please answer this letter.", "the certificate is ready and was left C_.",
	},
	notes: []string{"the third case C_ already.", "warranty is over, ask H_ first.", "waiting for a part for E_.", "the customer wants I_ H_ to phone."},
	files: words("screenshot.png photo.jpg certificate.pdf contract.docx report.xlsx log.txt plan.pdf waybill.pdf"),
}

func words(s string) []string { return strings.Fields(s) }

func phrases(s string) []string {
	all := strings.Split(s, "|")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}
