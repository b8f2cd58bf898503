"""Tools as the double knows them: which it is offered, which it calls, and how that is written."""
