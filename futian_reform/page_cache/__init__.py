"""Ready answers in front of Django. A public page is a function of its address and the data version; what is sent when:

    public address, GET or HEAD      sent                                            from
    -------------------------------  ----------------------------------------------  -------------------------------
    kept, of the current version     the kept page, or 304                           memory, in the event loop
    kept, of an older version        the page made anew                              one of four threads, once for all
      it cannot be made in time      the kept page as it was, or 304                 memory
      it has become a stream         the stream; 503 where 8 are under way           the reader's own thread
    not kept                         the page made anew, or 304                      one of four threads, once for all
      it cannot be made in time      503: busy, or the database does not answer      a template, without database
    file that may be a stream        the file; kept if it is no longer than 128 kB   the reader's own thread
      it is a stream                 the stream, 304, or its headers for HEAD        a temporary file that grows
      8 streams are under way        a short file as a page is; 503 for a stream     one of four threads
      it fails before the first byte 503                                             a template
      it fails later                 an end that its readers refuse                  see downloads.py
    no 200 (404, 400, redirect)      as Django answers; never kept                   one of four threads
    database replaced or restored    nothing that was kept before                    (a new lineage, seen within 0.4 s)

    anything else
    -------------------------------  ----------------------------------------------  -------------------------------
    OPTIONS of a public address      as Django answers                               one of four threads
    other methods of one             405, before the database                        a thread for public requests
    a host that is not this site's   400, before the database                        a thread for public requests
    staff desk                       as Django answers, its body read first          threads of the desk
    static files; /healthz           as Django answers                               threads of their own

Kept under its one address (measures/selection/parameters.py): a 200 without cookie. One with a query is kept from the second
time on that it is asked for; what makes room is said in kept_pages.py. Validators and conditions are those of cached_response.py,
for streams those of stream.py. `front.py` takes requests in, `application.py` decides, `rendering.py` asks Django.
"""
