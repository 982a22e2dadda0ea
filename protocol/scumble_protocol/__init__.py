"""The wire between Scumble's programs: messages, frames and a client."""
