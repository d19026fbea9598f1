package mail

import "regexp"

const maxProse = 64 << 10 // bytes of a report's words that are read

// bounceProse is how the programs that do not follow RFC 3464 say that a letter
// did not arrive, or not yet: qmail, Exim, Postfix, Sendmail, DragonFly, Exchange,
// Gmail, Domino, MDaemon, IMail, Yandex, Mail.ru, Sina and others.
var bounceProse = regexp.MustCompile(`(?i)qmail-send program|wasn't able to deliver|(?:was|were) not able to deliver|created automatically by (?:the )?mail delivery software|dragonfly mail agent|error delivering your mail|` +
	`this is the mail system at host|could not be delivered|couldn't be delivered|cannot be delivered|can't be delivered|wasn't delivered|was not delivered|not (?:yet )?been delivered|not delivered to|undeliverable|undelivered|could not deliver|` +
	`did not reach (?:some or all|the following)|deliver(?:y|ing)(?: your (?:message|mail))? (?:to the following recipients?|has) (?:has been |have been )?(?:failed|delayed)|delivery (?:status notification|incomplete|failure|failed|problems?)|trouble delivering|` +
	`permanent(?: fatal| delivery)? (?:errors?|failure)|transient non-fatal errors|return(?:ed|ing)(?: message)? to sender|returned mail|returned because|failure notice|non-?delivery|automatically rejected|unable to deliver|message delayed|delivery (?:delayed|warning)|following recipients? (?:cannot|could not|failed)|` +
	`failed (?:mail|recipients?|addresses)|cannot send message|` +
	`не может быть (?:доставлено|отправлено)|не было доставлено|не доставлено|не удалось доставить|доставка .{0,40}(?:невозможна|не удалась|задерж)|недоставленн|сервером mail\.ru, отвечать|` +
	`nicht zugestellt|unzustellbar|n['’]a pas (?:pu )?[êe]tre (?:remis|d[ée]livr[ée]|distribu[ée])|non remis|no se (?:ha podido|pudo) entregar|no se ha entregado|nie (?:został[ao]?|może zostać|udało się) d(?:ostarczon|oręcz)|não (?:foi|pôde ser) entregue|` +
	`non (?:è stato|può essere) (?:consegnat|recapitat)|无法(?:投递|送达|发送|被送达)|投递失败|傳送失敗|传输失败|退信|退回|送信できません|配信できません`)

// bounceReason is what reports say and others, too: that somebody is unknown.
var bounceReason = regexp.MustCompile(`(?i)requested action not taken|unknown user|user unknown|no such user|account is disabled|mailbox (?:is )?(?:full|unavailable)|over quota`)

var bounceDelay = regexp.MustCompile(`(?i)warning message only|this is (?:just )?a warning|(?:has been|is|was) (?:delayed|postponed)|message delayed|delivery delayed|delivery incomplete|not yet been delivered|not been delivered .{0,60}yet|will (?:be retried|keep trying|continue to (?:try|attempt|be (?:retried|made)))|` +
	`still (?:being retried|trying|in the queue)|no action is required|transient non-fatal errors|could not send message for (?:the )?past|do not need to (?:resend|take any action)|gmail will retry|` +
	`попытки .{0,40}(?:продолж|будут)|временно не|задержк|задержив|пока не (?:удалось|доставлено)|повторная попытка`)

// returnedMark is where the letter that came back begins within the words.
var returnedMark = regexp.MustCompile(`(?mi)^[ \t|]*(?:-+ ?(?:below (?:this|the next) line is a copy|this is a copy of|here is a copy of|original message|returned mail|returned message|start of returned message|the body of the message|the headers? (?:of the original message|and top)|unsent message|message (?:headers?|text) follows?)|message headers follow|(?:the )?original message(?: headers)? (?:as received )?(?:is|follows?)|original message headers:|` +
	`included is a copy of the message|a copy of the original message|----- ?original message ?-----|-{2,} ?(?:original message|unsent message|исходное (?:сообщение|письмо)|копия (?:письма|сообщения)).*|your original message|текст (?:вашего )?(?:письма|сообщения):|received: ?(?:from|by) )`)

const mailAddress = `[^\s<>()\[\]'":;,=]+@[^\s<>()\[\]'":;,=]+`

var (
	bouncedFirst   = regexp.MustCompile(`^[ \t]*<([^<>\s]+@[^<>\s]+)>[ \t]*(?::|\(|$)(.*)`)                                                                                 // <bob@x>: host said …
	bouncedPlain   = regexp.MustCompile(`^[ \t*>|-]*["']?(` + mailAddress + `?)["']?\.?[ \t]*(?:$|:(.*)|(?: on .{0,10}\d.*)|(?: - |\.\.\.)(.*)|(?:\(.{1,100}\))[ \t]*:?$)`) // bob@x on its own line
	bouncedNamed   = regexp.MustCompile(`^[^<>@]{1,100}[(<\[](` + mailAddress + `)[)>\]][ \t]*:?(?:<mailto:[^>]*>\)?)?$`)                                                   // Bob (bob@x)
	bouncedTwice   = regexp.MustCompile(`^[ \t>]*"?` + mailAddress + `"?[ \t]+<(` + mailAddress + `)>$`)                                                                    // bob@x <bob@x>
	bouncedWithin  = regexp.MustCompile(`(?i)(?:your (?:message|mail|e-?mail)|delivery|deliver(?:ing)?(?: your mail)?|message|wasn't delivered|not (?:be )?delivered|не доставлено|доставить (?:письмо|сообщение)?|сообщение|письмо) (?:to:?|to the following recipients?:?|для|на адрес|адресату|получателю)[ \t]+<?(` + mailAddress + `)>?`)
	bouncedLabel   = regexp.MustCompile(`(?i)^[ \t]*(?:(?:failed |final |original |intended )?(?:recipients?|recipient address|rcpt to|получател[ьи]|адресат)|undeliverable address|error-for)[ \t]*:[ \t]*(?:rfc822;)?[ \t]*[<\[]?(?:smtp:)?(` + mailAddress + `)[>\]]?`)
	bouncedX400    = regexp.MustCompile(`(?i)(?:^|[;:])SMTP=(` + mailAddress + `)`)                               // Exchange's dda:SMTP=bob@x;
	bouncedOrigin  = regexp.MustCompile(`(?i)^[ \t]*\((?:generated|expanded) from:? <?(` + mailAddress + `)>?\)`) // the address as it was written to
	anyAddress     = regexp.MustCompile(mailAddress)
	enhancedStatus = regexp.MustCompile(`(?:^|[^\d.])([45]\.\d{1,3}\.\d{1,3})(?:[^\d.]|\.?$|\.\s)`)
	smtpCode       = regexp.MustCompile(`(?:^|[\s:'"(-])([45])\d\d[\s-]`)
)
