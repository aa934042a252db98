"""What a seller can take to an accountant: the statement of a month as a page and as a PDF, and what comes next, drawn.

`view` says a statement in the reader's language, `upcoming` where each charge to come is drawn; `html_page` and
`pdf_page` only lay that out, so that page and PDF say the same.
"""
