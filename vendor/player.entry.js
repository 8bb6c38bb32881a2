// The player: <hls-video slot="media"> inside <media-controller>, with a menu of qualities.
import "media-chrome";
import "media-chrome/menu";
import "hls-video-element";
