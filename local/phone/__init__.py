"""The stand-in for Twilio: a phone for every person we write to. Nothing leaves this machine."""
