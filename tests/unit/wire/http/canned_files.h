/*
 * Answers of a download host, byte by byte: a path each.
 */
#ifndef UNIT_WIRE_HTTP_CANNED_FILES_H
#define UNIT_WIRE_HTTP_CANNED_FILES_H

#define SMALL "0123456789abcdef"

static const struct {
    const char *path;
    const char *text;
    bool waits; /* the connection stays open behind it */
} canned[] = {
    {"/length", "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n" SMALL, false},
    {"/chunked",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n6\r\nabcdef\r\n"
     "0\r\nX-Trailer: 1\r\n\r\n",
     false},
    {"/close", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" SMALL, false},
    {"/early",
     "HTTP/1.1 103 Early Hints\r\nContent-Length: 3\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
     "16\r\n\r\n" SMALL,
     false},
    {"/empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false},
    {"/cut-length", "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n0123456789", false},
    {"/cut-chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n", false},
    {"/gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\037\213zz", false},
    {"/refused", "HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\n<Expired>", false},
    {"/moved", "HTTP/1.1 307 Moved\r\nLocation: length?sig=s3cret\r\nContent-Length: 0\r\n\r\n", false},
    {"/round", "HTTP/1.1 302 Moved\r\nLocation: /round?sig=s3cret\r\nContent-Length: 0\r\n\r\n", false},
    {"/garbage", "this is not HTTP\r\n\r\n", false},
    {"/silent", "", true},
    {"/half", "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n0123456789", true},
};

#endif
