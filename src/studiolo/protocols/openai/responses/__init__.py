"""The Responses API: items in, items out (reference/07). Nothing is kept between two requests."""
