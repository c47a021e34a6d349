//! The superuser's password: made once, kept in a file beside the data.

use std::{
    io::{self, Read},
    path::PathBuf,
};

use rand::{TryRng, rngs::SysRng};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::{error::ClusterError, files, place::Place};

/// The file that holds it, mode 0600.
pub(super) fn path(place: &Place) -> PathBuf {
    place.home.join("password")
}

/// Writes a new password of 192 random bits. Only for a cluster that does not exist yet: nothing else knows it then.
pub(super) fn create(place: &Place) -> Result<(), ClusterError> {
    let path = path(place);
    let mut bytes = Zeroizing::new([0; 24]);
    SysRng
        .try_fill_bytes(bytes.as_mut_slice())
        .map_err(|error| ClusterError::io("make", &path)(io::Error::other(error)))?;
    let text = Zeroizing::new(data_encoding::HEXLOWER.encode(bytes.as_slice()));
    // The user has to read it during initialisation.
    files::write_private(&path, &text, place.user.as_ref())
}

/// Reads the password of an existing cluster.
pub(super) fn read(place: &Place) -> Result<SecretString, ClusterError> {
    let path = path(place);
    let mut text = Zeroizing::new(String::new());
    match files::private().read(true).open(&path).and_then(|mut file| file.read_to_string(&mut text)) {
        Ok(_) => Ok(text.trim().into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ClusterError::NoPassword { path }),
        Err(error) => Err(ClusterError::io("read", path)(error)),
    }
}
