"""Parts of programs that follow from others: arms, fields, arguments, and what refuses to go on."""
