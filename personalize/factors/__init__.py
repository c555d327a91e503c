"""Factors: plug-ins that replace the generic network as the X factor, and one that is included."""
