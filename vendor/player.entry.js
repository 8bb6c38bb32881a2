// The player: <hls-video slot="media"> inside <media-controller>, with a menu of qualities.
import "media-chrome";
import "media-chrome/menu";
import { Hls } from "hls-video-element";

// hls.js takes a list that grows for a live one, and whoever is a hundredth of a second past its end for lost:
// it goes back by target durations. Sound is that much longer, and from our lists nothing ever goes.
const { streamController } = Hls.DefaultConfig;
Hls.DefaultConfig.streamController = class extends streamController {
  synchronizeToLiveEdge() {}
};
