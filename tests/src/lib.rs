//! Tests of the workspace as a consumer sees it: they use what is public, nothing else.
