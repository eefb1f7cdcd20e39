"""Anonymous feedback from refugees and their counsellors to decision-makers.

The stages of an answer, in order; each knows only those before it in this list, or beside it:

    sealing      one answer becomes an envelope that only the round's key opens
    regions      where an answer belongs
    surveys      what is asked, and whether an answer is lawful
    tally        envelopes are opened and counted (the private side; nothing raw leaves it)
    disclosure   groups of ten or more, noise once, the ledger, the release file
    reports      a release as plain values for one region and language
    render       reports as pages, tables and text
    storage      the database: every table on one page
    intake       the one door, and the spool behind it
    mixing       from the spools to the store, in no order
    channels     the web form, the results, the API
    rounds       open, close, count, release
    deliver      digests by mail, each once
    web, serve   one web process
    work         the process that does by itself what is due
    doctor       says what is wrong with an installation
    demo         an installation with invented answers
    cli          the commands

`docs/how-a-submission-travels.md` follows one answer through them.
"""
