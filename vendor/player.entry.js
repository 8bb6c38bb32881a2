// The player: <hls-video slot="media"> inside <media-controller>, with a menu of qualities.
import "media-chrome";
import "media-chrome/menu";
import { Hls } from "hls-video-element";

// hls.js takes a list that grows for a live one, and whoever is a hundredth of a second past its end for lost:
// it goes back by target durations. Sound is that much longer, and from our lists nothing ever goes.
const { loader, streamController } = Hls.DefaultConfig;
Hls.DefaultConfig.streamController = class extends streamController {
  synchronizeToLiveEdge() {}
};

// It asks for news of a list after half its target duration, as any server may expect (RFC 8216 §6.3.4): a
// picture would stand still for up to five seconds more. Ours may be asked once a second.
Hls.DefaultConfig.pLoader = class extends loader {
  load(context, config, callbacks) {
    const onSuccess = (response, ...about) => {
      if (response.data.includes("#EXT-X-PLAYLIST-TYPE:EVENT")) {
        response.data = response.data.replace(/#EXT-X-TARGETDURATION:\d+/, "#EXT-X-TARGETDURATION:2");
      }
      callbacks.onSuccess(response, ...about);
    };
    super.load(context, config, { ...callbacks, onSuccess });
  }
};
