"""What the programs in bench/ share: machine header, fresh processes, medians, tables."""
